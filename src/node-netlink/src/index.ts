/** AF_NETLINK sockets for Node.js. See README.md. */
export { acknowledgedErrno, decodeFailure } from './acknowledgement.ts';
export * from './attribute.ts';
export { AttributeCursor } from './attribute-cursor.ts';
export { type DumpResult, type DumpWalk, NetlinkClient, type NetlinkClientOptions } from './client.ts';
export { errnoName } from './errno.ts';
export * from './errors.ts';
export * from './message.ts';
export { MessageCursor } from './message-cursor.ts';
export { MessageWriter } from './message-writer.ts';
export * from './netfilter.ts';
export { Poller } from './poller.ts';
export * from './protocol.ts';
export { ReadAhead } from './read-ahead.ts';
export type { Received } from './receiver.ts';
export { NetlinkSocket, type NetlinkSocketOptions } from './socket.ts';
