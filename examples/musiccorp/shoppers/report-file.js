import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parse } from './judge.js';

/** The report of earlier runs, or undefined when there is none that can be read. */
export function readReport(path) {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whoever reads the report sees the old or the new one, never half of it. */
export function writeReport(path, report) {
  const beside = `${path}.${process.pid}.tmp`;
  writeFileSync(beside, `${JSON.stringify(report, undefined, 2)}\n`);
  renameSync(beside, path);
}
