/** Where output ends, on paper and on most terminals. */
export const width = 80;

/** Breaks a text into lines of 80 characters; the first is indented as the text is, the others by `indent`. */
export function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = /^ */.exec(text)![0];
  for (const word of text.trim().split(' ')) {
    const fits = line.trim() === '' || line.length + 1 + word.length <= width;
    if (!fits) {
      lines.push(line);
      line = ' '.repeat(indent);
    }
    line += line.trim() === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
