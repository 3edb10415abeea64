import type { RecordedEvent } from '@banyan/runtime';
import { cut } from './table.ts';

/** Events as lines of a table whose widths do not depend on what is still to come. */
export interface EventTable {
  readonly title: string;
  line(event: RecordedEvent): string;
}

const positionWidth = 9;
const versionWidth = 5;
const timeWidth = 19;

/** A table that fits into `width` characters, from 60 on. */
export function eventTable(width: number): EventTable {
  const rest = Math.max(60, width) - positionWidth - versionWidth - timeWidth - 5;
  const [stream, type] = [Math.floor(rest * 0.4), Math.floor(rest * 0.3)];
  const data = rest - stream - type;
  const line = (cells: readonly [string, string, string, string, string, string]) =>
    [
      cells[0].padStart(positionWidth),
      cells[1].padEnd(timeWidth),
      cut(clean(cells[2]), stream).padEnd(stream),
      cells[3].padStart(versionWidth),
      cut(clean(cells[4]), type).padEnd(type),
      cut(clean(cells[5]), data),
    ]
      .join(' ')
      .trimEnd();
  return {
    title: line(['POSITION', 'TIME (UTC)', 'STREAM', 'VER', 'TYPE', 'DATA']),
    line: (event) =>
      line([
        String(event.position),
        timeOf(event).slice(0, timeWidth),
        event.streamId,
        String(event.version),
        event.type,
        JSON.stringify(event.data),
      ]),
  };
}

/** When the event was recorded, ISO 8601 in UTC. */
export function timeOf(event: RecordedEvent): string {
  return event.recordedAt?.toISOString() ?? event.metadata.at;
}

/** An event for programs. */
export function eventJson(event: RecordedEvent): object {
  return { ...event, recordedAt: timeOf(event) };
}

function clean(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
