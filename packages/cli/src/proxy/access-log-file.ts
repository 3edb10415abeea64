import { closeSync, createWriteStream, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { Invalid } from '@banyan/runtime';
import { AccessLog, type ProxyLog } from '@banyan/strangler';

/**
 * The access log in a file, or on standard output where that is named `-`. A file that can't be written to any more is opened
 * anew until it can.
 *
 * @throws Invalid where it can't be opened at the start.
 */
export function openAccessLog(file: string, bytes: number, log: ProxyLog): AccessLog {
  if (file === '-') return new AccessLog(process.stdout, bytes, { log });
  const reopen = () => openForAppending(file);
  try {
    return new AccessLog(reopen(), bytes, { reopen, log });
  } catch (cause) {
    const message = `proxy.accessLog: ${(cause as Error).message}: name a file in a folder that this user may write to, or "-".`;
    throw new Invalid('access-log-unwritable', message, { cause });
  }
}

function openForAppending(file: string): Writable {
  const fd = openSync(file, 'a+');
  try {
    endLine(fd);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return createWriteStream(file, { fd });
}

/** What a full disk or a kill has cut off must not run into the next line. */
function endLine(fd: number): void {
  const stat = fstatSync(fd);
  if (!stat.isFile() || stat.size === 0) return;
  const last = Buffer.alloc(1);
  if (readSync(fd, last, 0, 1, stat.size - 1) === 1 && last[0] !== 0x0a) writeSync(fd, '\n');
}
