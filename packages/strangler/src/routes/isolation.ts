import type { NamedValues } from './named-values.ts';

/** The header that names instances of one's own: `banyan-isolation: catalogue=ada, finance=ada`. */
export const isolationHeader = 'banyan-isolation';

/** Before the name of a service in W3C baggage: `baggage: banyan.catalogue=ada`. */
const baggagePrefix = 'banyan.';

/** Longer headers are not looked into. */
const longest = 8_192;

/**
 * The key of the instance that a request asks for where it would go to a service, or undefined. The header wins over
 * baggage, which services pass on to those that they call.
 */
export function isolationKey(fields: NamedValues, service: string): string | undefined {
  return (
    valueFor(fields.get(isolationHeader), service) ??
    valueFor(fields.get('baggage'), `${baggagePrefix}${service}`)
  );
}

function valueFor(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header.length > longest) return undefined;
  for (const member of header.split(',')) {
    // Baggage members may carry properties after a semicolon.
    const pair = member.split(';', 1)[0]!;
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return decoded(pair.slice(equals + 1).trim());
  }
  return undefined;
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value) || undefined;
  } catch {
    return undefined;
  }
}
