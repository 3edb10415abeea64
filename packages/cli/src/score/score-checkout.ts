import { type Survey, scoreAgainst, survey, type Truth, type TruthScore } from '@banyan/survey';
import { openSurveyDatabase } from '../survey/open-database.ts';

/** How near to a known split the code alone comes, and code and schema together where there is a schema. */
export interface Scores {
  readonly codeAlone: TruthScore;
  readonly withSchema: TruthScore | undefined;
}

export interface Checkout {
  readonly repo: string;
  /** Scripts of the schema that are not in the folder. */
  readonly schemas?: readonly string[] | undefined;
  /** The address of a live database. */
  readonly database?: string | undefined;
}

/** Scores a checkout twice: without any script of the schema, and with those that it holds and what is given beside it. */
export async function scoreCheckout(truth: Truth, { repo, schemas, database }: Checkout): Promise<Scores> {
  const alone = await survey({ repo, codeAlone: true });
  const both = await surveyBoth();
  return {
    codeAlone: scoreAgainst(alone, truth),
    withSchema: hasSchema(both) ? scoreAgainst(both, truth) : undefined,
  };

  async function surveyBoth(): Promise<Survey> {
    if (database === undefined) return survey({ repo, schemas });
    await using live = await openSurveyDatabase(database);
    return await survey({ repo, schemas, database: live });
  }

  function hasSchema({ graph }: Survey): boolean {
    return (
      database !== undefined || schemas !== undefined || graph.tables.some(({ from }) => from === 'schema')
    );
  }
}
