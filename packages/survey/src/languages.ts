import type { Language } from './code/language.ts';
import { csharp } from './csharp/csharp.ts';
import { go } from './go/go.ts';
import { java } from './java/java.ts';
import { php } from './php/php.ts';
import { python } from './python/python.ts';
import { ruby } from './ruby/ruby.ts';
import { typescript } from './typescript/typescript.ts';

/** All languages that are read, by the endings of their files. */
const known: readonly { readonly files: RegExp; load(): Promise<Language> }[] = [
  { files: /\.java$/, load: java },
  { files: /\.[cm]?[jt]sx?$/, load: typescript },
  { files: /\.py$/, load: python },
  { files: /\.rb$/, load: ruby },
  { files: /\.cs$/, load: csharp },
  { files: /\.php$/, load: php },
  { files: /\.go$/, load: go },
];

/** The languages that some files are written in. */
export async function languagesOf(paths: readonly string[]): Promise<Language[]> {
  const found: Language[] = [];
  // One after the other: the parser's library does not bear several grammars being loaded at a time.
  for (const { files, load } of known) if (paths.some((path) => files.test(path))) found.push(await load());
  return found;
}
