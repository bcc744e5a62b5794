/**
 * One letter to one SMTP server (RFC 5321), on a connection of its own:
 *
 *   connect, EHLO --> STARTTLS, EHLO --> AUTH --> MAIL, RCPT, DATA --> QUIT
 *                     (or TLS at once)
 *
 * Nothing is sent, neither password nor letter, unless TLS is what was asked for and the server's certificate is good.
 */
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { AlertError, undelivered } from '../errors.ts';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'none';
  /** Certificates (PEM) that the server's is checked against; the system's, when left out. */
  readonly ca?: string;
}

export interface SmtpLogin {
  readonly user: string;
  readonly password: string;
}

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** For a step, and for the whole: a server that sends a byte now and then holds nobody up. */
const STEP_TIMEOUT_MS = 10_000;
const TIMEOUT_MS = 30_000;

/**
 * @throws AlertError PENSTOCK_ALERT_REFUSED when the server does not take this letter, or not for some of the
 *   recipients (the others have it then); PENSTOCK_ALERT_UNDELIVERED for all else
 */
export async function sendLetter(
  server: SmtpServer,
  login: SmtpLogin | undefined,
  envelope: Envelope,
  letter: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const { host, port } = server;
  const connection = new SMTPConnection(connectionOptions(server));
  const ended = Promise.withResolvers<never>();
  const end = (problem: string) => ended.reject(new Error(problem));
  const timer = setTimeout(() => end('did not end in time'), TIMEOUT_MS);
  const onAbort = () => end('was cut off');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  connection.on('error', (error: Error) => ended.reject(error));
  connection.on('end', () => end('closed the connection'));
  try {
    const work = converse(connection, login, envelope, letter);
    work.catch(() => {}); // told once, by whichever comes first
    await Promise.race([work, ended.promise]);
  } catch (error) {
    throw asAlertError(error as SmtpFailure, `mail server ${host}:${port}`);
  } finally {
    ended.promise.catch(() => {});
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    connection.close();
  }
}

function connectionOptions({ host, port, tls, ca }: SmtpServer) {
  return {
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: { minVersion: 'TLSv1.2' as const, rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
    // A machine with nothing but a loopback interface may have its server there.
    allowInternalNetworkInterfaces: true,
    connectionTimeout: STEP_TIMEOUT_MS,
    greetingTimeout: STEP_TIMEOUT_MS,
    dnsTimeout: STEP_TIMEOUT_MS,
    socketTimeout: STEP_TIMEOUT_MS,
    socketCloseTimeout: 0,
    maxResponseSize: 64 * 1024,
  };
}

async function converse(
  connection: SMTPConnection,
  login: SmtpLogin | undefined,
  envelope: Envelope,
  letter: Buffer,
): Promise<void> {
  await new Promise<void>((done, failed) => connection.connect((error) => (error ? failed(error) : done())));
  if (login !== undefined) {
    const auth = { credentials: { user: login.user, pass: login.password } };
    await new Promise<void>((done, failed) =>
      connection.login(auth, (error) => (error ? failed(error) : done())),
    );
  }
  const to = [...envelope.to];
  const rejected = await new Promise<string[]>((done, failed) =>
    connection.send({ from: envelope.from, to }, letter, (error, info) =>
      error ? failed(error) : done(info?.rejected ?? []),
    ),
  );
  connection.quit();
  if (rejected.length > 0) {
    const problem = `refused ${rejected.join(', ')}; the other recipients have it`;
    throw new AlertError('PENSTOCK_ALERT_REFUSED', problem);
  }
}

interface SmtpFailure extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

/** A permanent answer (5yz, RFC 5321 section 4.2.1) to the letter itself is for good; one to our login or address is not. */
function asAlertError(error: SmtpFailure, where: string): AlertError {
  const message = `${where} ${error.message}`.slice(0, 500);
  const isRefused =
    error instanceof AlertError || (error.code === 'EMESSAGE' && (error.responseCode ?? 0) >= 500);
  if (isRefused) return new AlertError('PENSTOCK_ALERT_REFUSED', message, { cause: error });
  return undelivered(message, { cause: error });
}
