/** The settings in the environment; throws with one sentence that names the wrong one. */
export function settingsFrom(env) {
  if (!URL.canParse(env.BASE_URL ?? ''))
    throw new Error('BASE_URL must be the URL of the shop, such as http://127.0.0.1:8080');
  if (!env.REPORT) throw new Error('REPORT must be the path of the file to write the report to');
  return {
    baseUrl: env.BASE_URL,
    reportPath: env.REPORT,
    seed: env.SEED ?? '1',
    shoppers: number(env, 'SHOPPERS', { usual: 8, most: 200 }),
    rate: number(env, 'RATE', { usual: 60, most: 10_000 }),
    durationS: number(env, 'DURATION_S', { usual: 3600, most: 7 * 86_400 }),
  };
}

function number(env, name, { usual, most }) {
  const value = Number(env[name] ?? usual);
  if (!(value > 0 && value <= most))
    throw new Error(`${name} must be a number above 0 and up to ${most}, not ${env[name]}`);
  return value;
}
