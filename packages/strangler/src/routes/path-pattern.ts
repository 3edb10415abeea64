const segmentPattern = /^(?::[A-Za-z_][A-Za-z0-9_]*|[A-Za-z0-9\-._~!$&'()+,;=:@%]*)$/;

/** Why a path pattern cannot be used, or undefined where it can. */
export function pathPatternProblem(pattern: string): string | undefined {
  if (!pattern.startsWith('/')) return 'begin it with "/"';
  const segments = pattern.slice(1).split('/');
  for (const [index, segment] of segments.entries()) {
    if (segment === '*' && index === segments.length - 1) continue;
    if (segment.includes('*')) return 'use "*" only as the whole last segment';
    if (segment === '.' || segment === '..') return 'leave out "." and ".."';
    if (!segmentPattern.test(segment)) return `"${segment}" is neither literal text nor ":name"`;
  }
  return undefined;
}

/**
 * A regular expression for the raw path of a request, query excluded. Nothing is decoded: `%2F` is part of a
 * segment and not a separator, so what matches is byte for byte what is forwarded.
 */
export function compilePathPattern(pattern: string): RegExp {
  const segments = pattern.slice(1).split('/');
  const rest = segments.at(-1) === '*';
  if (rest) segments.pop();
  const source = segments
    .map((segment) => (segment.startsWith(':') ? '/[^/]+' : `/${literalPattern(segment)}`))
    .join('');
  return new RegExp(`^${source}${rest ? '(?:/.*)?' : ''}$`, 's');
}

function literalPattern(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
