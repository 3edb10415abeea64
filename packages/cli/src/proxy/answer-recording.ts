import type { IncomingMessage } from 'node:http';
import { Conflict, Invalid } from '@banyan/runtime';
import type { RecordingOptions } from '@banyan/strangler';
import { type Answer, addressUnknown, readBody } from './control-request.ts';
import type { SharedRecorder } from './shared-recorder.ts';

const mostSeconds = 86_400;

/** Answers what the control API is asked about the recording. */
export async function answerRecording(
  recorder: SharedRecorder,
  request: IncomingMessage,
  [part, ...more]: readonly string[],
): Promise<Answer> {
  const { method } = request;
  if (method === 'GET' && part === 'progress' && more.length === 0) return [200, await recorder.progress()];
  if (part !== undefined) throw addressUnknown(request);
  switch (method) {
    case 'GET':
      return [200, await recorder.recording()];
    case 'PUT':
      return start(recorder, await readBody(request));
    case 'POST':
      await recorder.stop();
      return [200, { recording: false }];
    default:
      throw addressUnknown(request);
  }
}

async function start(
  recorder: SharedRecorder,
  { force, ...wanted }: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const options = optionsOf(wanted);
  const before = await recorder.progress();
  if (before.wanted > 0 && force !== true) {
    const message =
      `Somebody records already, ${before.recorded} of ${before.wanted} requests so far. Wait for its end, or begin anew with ` +
      '--force ("force": true): what it has recorded is lost then.';
    throw new Conflict('recording-under-way', message);
  }
  await recorder.start(options);
  return [200, { recording: true }];
}

function optionsOf({ requests, sample, seconds }: Readonly<Record<string, unknown>>): RecordingOptions {
  const isCount = Number.isInteger(requests) && Number(requests) >= 1;
  const isShare = typeof sample === 'number' && sample > 0 && sample <= 1;
  const isTime =
    seconds === undefined || (typeof seconds === 'number' && seconds > 0 && seconds <= mostSeconds);
  if (!isCount || !isShare || !isTime) {
    const message =
      'Say how many `requests` (a whole number from 1), which `sample` of them (above 0, at most 1), and for how many `seconds` (at most 86,400).';
    throw new Invalid('recording-invalid', message);
  }
  return { requests: Number(requests), sample, ...(seconds === undefined ? {} : { seconds }) };
}
