/** Text as it may stand in HTML and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A number with its thousands apart. */
export function number(value: number): string {
  return value.toLocaleString('en-US');
}
