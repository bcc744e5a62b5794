/** Why a list has no fresh content; the code stays the same while the cause does. */
export type FeedFailureCode =
  /** The file cannot be read, or the URL not be reached or not answered with content. */
  | 'unreadable'
  /** The time limit passed, or hardly anything came. */
  | 'slow'
  /** Fewer bytes came than were announced, or compressed content ends too early. */
  | 'truncated'
  /** More than `maxBytes`, or more than can be parsed. */
  | 'tooLarge'
  /** More than `maxPrefixes`. */
  | 'tooMany'
  /** Not in the format. */
  | 'damaged'
  /** In the format, and without any network. */
  | 'empty'
  /** Lists what must never be listed. */
  | 'poisoned'
  /** The number of networks changed by more than is allowed at once. */
  | 'jumped'
  /** Not read, or not changed, for longer than `maxAge`. */
  | 'tooOld'
  /** Used, but without networks that are ours or never to be blocked. */
  | 'leftOut';

/** `message` completes "deny list NAME:". */
export interface FeedFailure {
  readonly code: FeedFailureCode;
  readonly message: string;
}
