import type { Finding } from '../../code/finding.ts';

/** What a file of configuration says of a class. A relation without a type is to the type of the field of that name. */
export interface ConfiguredClass {
  /** With its package; of a bean the name that expressions call it by. */
  readonly name: string;
  readonly isBean?: boolean;
  /** The name that expressions call this class by. */
  readonly bean?: string;
  readonly findings: readonly Finding[];
}

/** The full name of a class that is written without its package. */
export function fullName(name: string, inPackage: string | undefined): string {
  return inPackage === undefined || inPackage === '' || name.includes('.') ? name : `${inPackage}.${name}`;
}
