import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Invalid } from '@banyan/runtime';
import type { RecordedRequest } from '@banyan/strangler';
import { jsonLine } from '../commands/print.ts';

/** A file that a recording will be in; until it is kept, a file of that name stays as it is. */
export interface RecordingFile extends Disposable {
  keep(requests: readonly RecordedRequest[]): void;
}

/**
 * Makes sure, before anything is recorded, that the recording can be written, beside the file and then in its place.
 *
 * @throws Invalid where the file is there already and `force` is false, or it can't be written.
 */
export function beginRecording(file: string, force: boolean): RecordingFile {
  const there = statSync(file, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) throw unwritable(file, 'it is no file');
  if (there !== undefined && !force) {
    const message = `${file} is there already: name another file, or replace what it holds with --force.`;
    throw new Invalid('recording-exists', message);
  }
  const fresh = `${file}.${process.pid}.new`;
  const write = (requests: readonly RecordedRequest[]) => {
    try {
      writeFileSync(fresh, requests.map(jsonLine).join(''), { mode: 0o600 });
    } catch (cause) {
      throw unwritable(file, (cause as Error).message, cause);
    }
  };
  write([]);
  return {
    keep(requests) {
      write(requests);
      renameSync(fresh, file);
    },
    [Symbol.dispose]: () => rmSync(fresh, { force: true }),
  };
}

function unwritable(file: string, why: string, cause?: unknown): Invalid {
  const message = `${file} can't be written: ${why}. Name a file in a folder that you may write to.`;
  return new Invalid('recording-unwritable', message, { cause });
}

/** The requests of a recording. @throws Invalid where the file is none, with the line, or holds none. */
export function readRecording(file: string): readonly RecordedRequest[] {
  const lines = readLines(file).flatMap((line, index) =>
    line === '' ? [] : [recorded(line, file, index + 1)],
  );
  if (lines.length > 0) return lines;
  throw new Invalid('recording-empty', `${file} holds no requests: record some with banyan proxy record.`);
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (cause) {
    const message = `${file} can't be read: ${(cause as Error).message}`;
    throw new Invalid('recording-unreadable', message, { cause });
  }
}

function recorded(line: string, file: string, number: number): RecordedRequest {
  try {
    const { method, url, headers, body } = JSON.parse(line) as Partial<RecordedRequest>;
    const isTold = typeof method === 'string' && typeof headers === 'object' && headers !== null;
    const isBody = body === undefined || typeof body === 'string';
    if (isTold && isBody && typeof url === 'string' && url.startsWith('/'))
      return { method, url, headers, ...(body === undefined ? {} : { body }) };
  } catch {
    // Said below.
  }
  const message = `${file}, line ${number}, is no recorded request: { method, url, headers, body } as banyan proxy record writes them.`;
  throw new Invalid('recording-invalid', message);
}
