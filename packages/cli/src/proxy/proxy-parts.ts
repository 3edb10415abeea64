import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { Invalid } from '@banyan/runtime';
import { defaultProxyLimits, type ProxyLog, type ProxyOptions } from '@banyan/strangler';
import type { BanyanConfig } from '../config/config.ts';
import { openAccessLog } from './access-log-file.ts';

/** Parts of a proxy, and what ends them after it. */
export interface ProxyParts {
  readonly options: Partial<ProxyOptions>;
  /** Opens the access log anew, after somebody has moved its file away. */
  reopen(): void;
  close(): Promise<void>;
}

/**
 * What the configuration says of the data path: limits, TLS and the access log.
 *
 * @throws Invalid where the files of the key and the certificate, or the one of the log, can't be used.
 */
export function proxyParts(
  { limits = {}, tls, accessLog: file, tracing }: BanyanConfig['proxy'],
  log: ProxyLog,
): ProxyParts {
  const secure = tls === undefined ? {} : { tls: readTls(tls) };
  const bytes = limits.accessLogBytes ?? defaultProxyLimits.accessLogBytes;
  const accessLog = file === undefined ? undefined : openAccessLog(file, bytes, log);
  return {
    options: {
      limits,
      ...secure,
      ...(tracing === undefined ? {} : { tracing }),
      ...(accessLog === undefined ? {} : { finished: (request) => accessLog.add(request) }),
    },
    reopen: () => accessLog?.reopen(),
    close: async () => accessLog?.end(),
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
