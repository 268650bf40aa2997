import { Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent } from 'node:https';

const answerCharactersMax = 8 * 1024 * 1024;

/**
 * Keeps connections to a registry, and sees to what the library does not: an answer without end, and one that breaks off
 * in the middle, are errors of their request.
 */
export function registryAgent(url: string): Agent {
  const options = { keepAlive: true, timeout: 5_000 }; // ms: an idle connection goes before a server closes it
  const agent = (url.startsWith('https:') ? new TlsAgent(options) : new Agent(options)) as Agent & Requested;
  const add = agent.addRequest.bind(agent);
  agent.addRequest = (request, ...rest) => {
    request.once('response', (response) => watch(request, response));
    add(request, ...rest);
  };
  return agent;
}

/** What Node asks of every agent, though its types do not say so. */
interface Requested {
  addRequest(request: ClientRequest, ...rest: readonly unknown[]): void;
}

function watch(request: ClientRequest, response: IncomingMessage): void {
  let characters = 0;
  response.on('data', (chunk: string) => {
    characters += chunk.length;
    if (characters > answerCharactersMax)
      request.destroy(new Error(`an answer of more than ${answerCharactersMax} characters`));
  });
  response.on('error', (error) => request.emit('error', error));
}
