/** Why a kind of evidence matters, and what to do about it: for a person who was woken by it. */
import type { AnomalyDetector } from '../policy/schema/detectors.ts';
import type { Evidence, Story } from './incident.ts';

/** More would not be read. */
const MOST_BESIDES = 3;

interface Counsel {
  readonly meaning: string;
  readonly advice: (host: string, destination: string) => string;
}

const COUNSEL: Readonly<Record<AnomalyDetector, Counsel>> = {
  scan: {
    meaning:
      'Whoever searches for open services is about to break in somewhere: a worm, a bot, or a person inside.',
    advice: (host) =>
      `Find out what runs on ${host}. If it is a scanner of yours, close this as false; if not, quarantine the host.`,
  },
  failedConnections: {
    meaning:
      'Malware goes on calling a controller that was taken down or has moved; it will do as it is told once one answers.',
    advice: (host, destination) =>
      `Look for the program on ${host} that calls ${destination}. A forgotten agent or a typing error in a configuration looks the same.`,
  },
  beacon: {
    meaning: 'Malware asks its controller for orders by a timer; whoever holds the other end holds the host.',
    advice: (host, destination) =>
      `Find out who ${destination} is and which program on ${host} calls it. If nobody knows, block the destination and examine the host.`,
  },
  volume: {
    meaning:
      'Data that leaves cannot be called back. This is what a theft, or a first backup to a new place, looks like.',
    advice: (host, destination) =>
      `Ask the owner of ${host} whether the transfer to ${destination} is theirs. If nobody knows of it, block it first.`,
  },
  oddHours: {
    meaning: 'Somebody, or something, uses the host when its people do not.',
    advice: (host) => `See who is logged in on ${host}, and whether a task was scheduled for this hour.`,
  },
  newDestination: {
    meaning: 'The host has never been there.',
    advice: (host, destination) => `Find out who ${destination} is, and why ${host} goes there.`,
  },
  longConnection: {
    meaning: 'Remote control and tunnels hold a connection for as long as they can.',
    advice: (host, destination) => `Find the program on ${host} that holds the connection to ${destination}.`,
  },
  dnsTunnel: {
    meaning:
      'Name servers are reachable from nearly everywhere, so data is carried out, and orders in, inside queries.',
    advice: (host, destination) =>
      `Look at the names that ${host} asks ${destination} for. Allow only your own resolvers, and block the domain there.`,
  },
  icmpTunnel: {
    meaning: 'Echo requests pass most firewalls unread, and may carry anything.',
    advice: (host, destination) =>
      `Capture some of the packets from ${host} to ${destination} and look at what they carry.`,
  },
  fanOut: {
    meaning:
      'A worm that finds what it looks for, or a machine that sends mail for others, goes to many at once.',
    advice: (host) => `Find out what runs on ${host}. Crawlers and file sharing do this too.`,
  },
  outlier: {
    meaning: 'The host behaves as none of them usually does.',
    advice: (host) => `See whether the use of ${host} has changed.`,
  },
};

/** `evidence`: the strongest first, not empty. */
export function tellStory(host: string, evidence: readonly Evidence[]): Story {
  const [first, ...others] = evidence;
  const { meaning, advice } = COUNSEL[first.detector];
  const besides = others.slice(0, MOST_BESIDES).map(({ happened }) => happened);
  return {
    happened: [first.happened, ...besides.map((sentence) => `Besides: ${sentence}`)].join(' '),
    normal: first.normal,
    meaning,
    advice: advice(host, first.destination ?? 'the other end'),
  };
}

/** The story as the list of reasons that every incident has. */
export function reasonsOf(host: string, evidence: readonly Evidence[], story: Story): string[] {
  const [first, ...others] = evidence;
  return [
    `${host}: ${first.happened}`,
    story.normal,
    ...others.slice(0, MOST_BESIDES).map(({ detector, happened }) => `${detector}: ${happened}`),
  ];
}
