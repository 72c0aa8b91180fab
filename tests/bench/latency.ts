import type { DemoLaptop } from '../../cli/demo/laptop.ts';
import { HOANG_GIANG } from '../../cli/demo/people.ts';
import type { Latency } from './figures.ts';
import { median, quantile } from './quantiles.ts';

const BODY = {
  kind: 'feedback',
  unit: HOANG_GIANG,
  subject: 'Đo thời gian',
  text: 'Đo thời gian tiếp nhận.',
  attachments: [],
};

/** Time until the service has taken a petition: its answer, not what follows. A first round warms up and is not counted. */
export async function petitionLatency(
  laptop: DemoLaptop,
  { atOnce, rounds }: { readonly atOnce: number; readonly rounds: number },
): Promise<Latency> {
  const citizen = await laptop.as('citizenBinh');
  const taken: number[] = [];
  const send = async () => {
    const from = performance.now();
    await citizen.post('/api/petitions', BODY);
    taken.push(performance.now() - from);
  };
  for (let round = 0; round <= rounds; round++) {
    await Promise.all(Array.from({ length: atOnce }, send));
    await laptop.settled();
    if (round === 0) taken.length = 0;
  }
  return { concurrency: atOnce, requests: taken.length, medianMs: median(taken), p95Ms: quantile(taken, 0.95) };
}
