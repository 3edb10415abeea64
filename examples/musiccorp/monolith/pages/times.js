const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

export const dayOf = (time) => (time ? DAY.format(time) : 'never');
