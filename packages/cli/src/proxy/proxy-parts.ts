import { createWriteStream, openSync, readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { Invalid } from '@banyan/runtime';
import { AccessLog, defaultProxyLimits, type ProxyOptions } from '@banyan/strangler';
import type { BanyanConfig } from '../config/config.ts';

/** Parts of a proxy, and what ends them after it. */
export interface ProxyParts {
  readonly options: Partial<ProxyOptions>;
  close(): Promise<void>;
}

/**
 * What the configuration says of the data path: limits, TLS and the access log.
 *
 * @throws Invalid where the files of the key and the certificate, or the one of the log, can't be used.
 */
export function proxyParts({ limits = {}, tls, accessLog }: BanyanConfig['proxy']): ProxyParts {
  const secure = tls === undefined ? {} : { tls: readTls(tls) };
  const log = openAccessLog(accessLog, limits.accessLogBytes);
  return {
    options: {
      limits,
      ...secure,
      ...(log === undefined ? {} : { finished: (request) => log.add(request) }),
    },
    close: async () => log?.end(),
  };
}

/**
 * Reads key and certificate.
 *
 * @throws Invalid where a file can't be read, or the two are no key and its certificate.
 */
export function readTls({ key, cert }: { readonly key: string; readonly cert: string }): {
  readonly key: Buffer;
  readonly cert: Buffer;
} {
  const tls = { key: readPem('key', key), cert: readPem('cert', cert) };
  try {
    createSecureContext(tls);
    return tls;
  } catch (cause) {
    const message = `proxy.tls: ${key} and ${cert} are not a private key and its certificate in PEM (${(cause as Error).message}).`;
    throw new Invalid('tls-invalid', message, { cause });
  }
}

function readPem(what: 'key' | 'cert', file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const message = `proxy.tls.${what}: ${(cause as Error).message}: name a file in PEM that this user may read.`;
    throw new Invalid('tls-unreadable', message, { cause });
  }
}

function openAccessLog(
  file: string | undefined,
  bytes = defaultProxyLimits.accessLogBytes,
): AccessLog | undefined {
  if (file === undefined) return undefined;
  return new AccessLog(file === '-' ? process.stdout : openForAppending(file), bytes);
}

function openForAppending(file: string): Writable {
  try {
    return createWriteStream(file, { fd: openSync(file, 'a') });
  } catch (cause) {
    const message = `proxy.accessLog: ${(cause as Error).message}: name a file in a folder that this user may write to, or "-".`;
    throw new Invalid('access-log-unwritable', message, { cause });
  }
}
