const hostPattern = /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

/** Why a host can't be used in a route, or undefined where it can. */
export function hostPatternProblem(host: string): string | undefined {
  if (hostPattern.test(host)) return undefined;
  return 'write a name in lower case without a port, such as shop.example or *.shop.example';
}

/** Whether the host of a request, which may have a port, is the one of a pattern; `*.` stands for one name or more. */
export function matchesHost(pattern: string, host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
  return pattern.startsWith('*.')
    ? name.endsWith(pattern.slice(1)) && name.length > pattern.length - 1
    : name === pattern;
}
