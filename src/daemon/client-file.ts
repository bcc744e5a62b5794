/** The part of the settings file that is for the commands, not for the daemon: how they reach it. */
import { z } from 'zod';

export const clientFile = z.strictObject({
  /** `https://gateway.example:8731`, or `unix:/run/penstock/api.sock`. */
  url: z.string().min(1).optional(),
  /** Holds the token; never in the file itself. */
  tokenFile: z.string().min(1).optional(),
  /** PEM: the authority of the daemon's certificate, and the certificate that a command shows, with its key. */
  caFile: z.string().min(1).optional(),
  certFile: z.string().min(1).optional(),
  keyFile: z.string().min(1).optional(),
});

export type ClientFile = z.infer<typeof clientFile>;
