const dotSegment = /(?:\/|\\|%2f|%5c)(?:\.|%2e){1,2}(?:$|\/|\\|;|%2f|%5c)/i;
const mayBeAmbiguous = /\/\.|[%\\#]/;

/**
 * Whether a server could read the path as another one than its bytes say: dot segments, also encoded or split by
 * encoded slashes or backslashes, and fragments. Such a path matches no route, so it reaches the default upstream
 * unchanged and can't lead one upstream to what another one owns.
 */
export function isAmbiguousPath(path: string): boolean {
  return mayBeAmbiguous.test(path) && (path.includes('#') || dotSegment.test(path));
}
