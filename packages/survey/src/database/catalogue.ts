/** What the catalogue and the statistics of a database say. */
export interface Catalogue {
  readonly tables: readonly CatalogueTable[];
  readonly foreignKeys: readonly CatalogueForeignKey[];
  readonly views: readonly CatalogueCode[];
  readonly functions: readonly CatalogueCode[];
  readonly triggers: readonly CatalogueTrigger[];
  /** Who is connected now, without the survey itself. */
  readonly clients: readonly CatalogueClient[];
}

export interface CatalogueTable {
  /** In lower case; with its schema where another table has the same name. */
  readonly name: string;
  readonly schema: string;
  readonly columns: readonly string[];
  readonly primaryKey: readonly string[];
  /** With indexes and long values. */
  readonly bytes: number;
  /** As the planner estimates; -1 where it never looked. */
  readonly rows: number;
  /** Rows written since the statistics began. */
  readonly written: number;
}

export interface CatalogueForeignKey {
  readonly from: string;
  readonly to: string;
  readonly columns: readonly string[];
  readonly cascades: boolean;
}

/** A view or a function with the tables that it names. */
export interface CatalogueCode {
  readonly name: string;
  readonly tables: readonly string[];
}

export interface CatalogueTrigger {
  readonly name: string;
  readonly table: string;
  readonly function: string;
}

export interface CatalogueClient {
  readonly user: string;
  readonly application: string;
  readonly connections: number;
}
