/**
 * Which events of a feed to deliver: those that every list given names. A list that is absent asks nothing; an empty one
 * lets nothing through.
 */
export interface FeedFilter {
  readonly types?: readonly string[];
  /** The part of the stream's id before the first `-`; the whole id where it has none. */
  readonly categories?: readonly string[];
  readonly streams?: readonly string[];
}

/** What a filter looks at. */
export interface Filterable {
  readonly type: string;
  readonly streamId: string;
}

/** The category of a stream: `order` of `order-17`. */
export function categoryOf(streamId: string): string {
  const end = streamId.indexOf('-');
  return end < 0 ? streamId : streamId.slice(0, end);
}

/** The filter as a test of one event. */
export function feedTest(filter: FeedFilter): (event: Filterable) => boolean {
  const types = filter.types && new Set(filter.types);
  const categories = filter.categories && new Set(filter.categories);
  const streams = filter.streams && new Set(filter.streams);
  return ({ type, streamId }) =>
    (types?.has(type) ?? true) &&
    (streams?.has(streamId) ?? true) &&
    (categories?.has(categoryOf(streamId)) ?? true);
}
