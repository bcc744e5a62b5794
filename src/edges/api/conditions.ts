/** Conditional requests (RFC 9110, section 13): entity tags here are strong, and name one exact state. */
import type { Request, Response } from 'express';
import { RequestError } from './errors.ts';

/** Entity tags without their quotes; `any` for `*`. */
export type EntityTags = readonly string[] | 'any';

export interface Conditions {
  /** The change is only wanted while the state is one of these; undefined: whatever it is. */
  readonly ifMatch: EntityTags | undefined;
}

const MAX_TAGS = 16;
const LIST = /^(?:W\/)?"[\x21\x23-\x7e]{0,256}"(?:[ \t]*,[ \t]*(?:W\/)?"[\x21\x23-\x7e]{0,256}")*$/;

/** @throws RequestError bad-request */
export function conditionsOf(request: Request): Conditions {
  const { 'if-match': text } = request.headers;
  return { ifMatch: text === undefined ? undefined : strongTags(text) };
}

/** A weak tag never matches strongly, so it is left out. */
function strongTags(text: string): EntityTags {
  if (text.trim() === '*') return 'any';
  return tagsIn(text, 'If-Match')
    .filter((tag) => !tag.startsWith('W/'))
    .map(unquoted);
}

function tagsIn(text: string, header: string): string[] {
  if (!LIST.test(text.trim())) {
    throw new RequestError('bad-request', `${header} must be entity tags in double quotes, or *`);
  }
  return (text.match(/(?:W\/)?"[^"]*"/g) ?? []).slice(0, MAX_TAGS);
}

function unquoted(tag: string): string {
  return tag.slice(tag.indexOf('"') + 1, -1);
}

/** Name the state that is answered with. Returns whether the client has it already, so that it need not be sent. */
export function answersTag(request: Request, response: Response, tag: string): boolean {
  response.set('ETag', `"${tag}"`);
  const { 'if-none-match': text } = request.headers;
  if (text === undefined || !['GET', 'HEAD'].includes(request.method)) return false;
  return text.trim() === '*' || tagsIn(text, 'If-None-Match').map(unquoted).includes(tag);
}
