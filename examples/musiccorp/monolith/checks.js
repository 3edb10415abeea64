import { badRequest } from './refusal.js';

const LARGEST_INTEGER = 2147483647;

/** The value of a query parameter; an empty one counts as absent. */
export function parameter(query, name) {
  const value = query[name];
  if (Array.isArray(value)) throw badRequest(`${name} must be given once`);
  return value === '' ? undefined : value;
}

/** A whole number written in a path or a query string. */
export function wholeNumber(text, name, largest = LARGEST_INTEGER) {
  const value = /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > largest) throw badRequest(`${name} must be a whole number from 1 to ${largest}`);
  return value;
}

/** An integer in a JSON body. */
export function integer(value, name, smallest = 1, largest = LARGEST_INTEGER) {
  if (!Number.isInteger(value) || value < smallest || value > largest)
    throw badRequest(`${name} must be a whole number from ${smallest} to ${largest}`);
  return value;
}

/** Text in a body, trimmed. PostgreSQL cannot store the character NUL. */
export function text(value, name, longest) {
  const trimmed = typeof value === 'string' ? value.trim() : '';
  if (trimmed === '' || trimmed.length > longest || trimmed.includes('\0'))
    throw badRequest(`${name} must be text of 1 to ${longest} characters`);
  return trimmed;
}

/** A price: `"9.99"`. */
export function price(value) {
  if (typeof value !== 'string' || !/^[0-9]{1,4}\.[0-9]{2}$/.test(value) || Number(value) === 0)
    throw badRequest('price must be text such as "9.99", from "0.01" to "9999.99"');
  return value;
}

export function day(value, name) {
  const good = typeof value === 'string' && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) && value >= '1900';
  const date = good ? new Date(`${value}T00:00:00Z`) : undefined;
  if (!date || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== value)
    throw badRequest(`${name} must be a date such as 2024-05-17`);
  return value;
}

export function month(value) {
  if (!/^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$/.test(value ?? ''))
    throw badRequest('month must be a month such as 2026-03');
  return value;
}

export function oneOf(value, name, choices) {
  if (!choices.includes(value)) throw badRequest(`${name} must be one of ${choices.join(', ')}`);
  return value;
}

export function object(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest('the body must be a JSON object');
  return value;
}
