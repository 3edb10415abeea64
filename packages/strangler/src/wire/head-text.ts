import { STATUS_CODES } from 'node:http';

/** Fields, name, value, name, value, as HTTP/1.1 writes them. */
export function fieldText(pairs: readonly string[]): string {
  let text = '';
  for (let index = 0; index < pairs.length; index += 2) text += `${pairs[index]}: ${pairs[index + 1]}\r\n`;
  return text;
}

/** A status line and fields; the empty line is still to come. */
export function headText(status: number, reason: string, headers: readonly string[]): string {
  return `HTTP/1.1 ${status} ${reason || (STATUS_CODES[status] ?? '')}\r\n${fieldText(headers)}`;
}
