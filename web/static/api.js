// Asks the server for numbers. What goes wrong is an Error whose message is for a person.

import { ROOT } from './place.js';

const REQUEST_TIMEOUT_MS = 15_000;

export class RequestError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;  // 0: there was no answer
  }

  // Whether it is the server, or what stands before it, that is away for a while, and not the request that is wrong.
  get isAway() { return [0, 502, 503, 504].includes(this.status); }
}

// Parameters that are null or empty are left out.
export function address(name, parameters, format) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...parameters, format })) {
    if (value !== null && value !== undefined && value !== '') {
      query.set(key, value);
    }
  }
  const text = query.toString();
  return new URL(`api/v1/${name}${text ? `?${text}` : ''}`, ROOT).href;
}

export const csvAddress = (name, parameters) => address(name, parameters, 'csv');

// Throws RequestError, or the signal's AbortError when nobody wants the answer any more. `options` are those of fetch.
export async function fetchJson(url, signal, options = {}) {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  let response;
  let body;
  try {
    response = await fetch(url, { ...options, signal: either });
    body = await response.json().catch((error) => {
      if (either.aborted) {
        throw error;
      }
      return null;
    });
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw new RequestError(timeout.aborted
      ? `The server did not answer within ${REQUEST_TIMEOUT_MS / 1000} seconds.`
      : 'The server cannot be reached.', 0);
  }
  if (!response.ok) {
    throw new RequestError(`The server answered ${response.status}${body?.error ? `: ${body.error}` : ''}.`,
      response.status);
  }
  if (body === null) {
    throw new RequestError('The server answered with something that is not JSON.', response.status);
  }
  return body;
}

export const getJson = (name, parameters, signal) => fetchJson(address(name, parameters), signal);

// The same, and `otherwise` where the server knows no such metric or label in that time.
export async function getKnown(name, parameters, signal, otherwise) {
  try {
    return await getJson(name, parameters, signal);
  } catch (error) {
    if (error instanceof RequestError && error.status === 400) {
      return otherwise;
    }
    throw error;
  }
}

// Posts a form, a list of [name, value], and reads what is answered.
export const postForm = (name, fields, signal) => fetchJson(address(name), signal,
  { method: 'POST', body: new URLSearchParams(fields) });
