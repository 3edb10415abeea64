import { Invalid } from '@banyan/runtime';

/** What is said where somebody wants to see what taking a verb back would do. */
export function undoNotDescribed(verb: string, name: string): Invalid {
  return new Invalid(
    'undo-not-described',
    `There is no dry run of --undo; it puts back what \`banyan split ${verb} ${name}\` has noted, and can be repeated. Leave one of the two out.`,
  );
}
