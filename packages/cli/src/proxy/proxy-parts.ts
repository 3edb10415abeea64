import { createWriteStream, readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { AccessLog, defaultProxyLimits, type ProxyOptions } from '@banyan/strangler';
import type { BanyanConfig } from '../config/config.ts';

/**
 * What the configuration says of the data path: limits, TLS and the access log.
 *
 * @throws Error where the files of the key and the certificate can't be read.
 */
export function proxyParts({ limits = {}, tls, accessLog }: BanyanConfig['proxy']): Partial<ProxyOptions> {
  const log = openAccessLog(accessLog, limits.accessLogBytes);
  return {
    limits,
    ...(tls === undefined ? {} : { tls: readTls(tls) }),
    ...(log === undefined ? {} : { finished: (request) => log.add(request) }),
  };
}

function readTls({ key, cert }: { key: string; cert: string }): { key: Buffer; cert: Buffer } {
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

function openAccessLog(
  file: string | undefined,
  bytes = defaultProxyLimits.accessLogBytes,
): AccessLog | undefined {
  if (file === undefined) return undefined;
  const out: Writable = file === '-' ? process.stdout : createWriteStream(file, { flags: 'a' });
  return new AccessLog(out, bytes);
}
