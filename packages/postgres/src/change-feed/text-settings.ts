/** The settings under which all values are written, in snapshots and in the log, so that equal values are equal text. */
const settings = {
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  extra_float_digits: '3',
  bytea_output: 'hex',
  client_encoding: 'UTF8',
  array_nulls: 'on',
} as const;

/** Statements that bring a session to these settings. */
export const textSettings = Object.entries(settings)
  .map(([name, value]) => `set ${name} = '${value}';`)
  .join(' ');
