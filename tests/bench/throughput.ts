import type { DemoLaptop } from '../../cli/demo/laptop.ts';
import { HOANG_GIANG } from '../../cli/demo/people.ts';
import { median } from './quantiles.ts';

const BODY = {
  kind: 'feedback',
  unit: HOANG_GIANG,
  subject: 'Đo thông lượng',
  text: 'Đo thông lượng.',
  attachments: [],
};

/**
 * Sealed documents a second, end to end, median of the rounds: `count` petitions are sent at once, and the clock stops when
 * each has its sealed receipt in storage and its mail has left.
 */
export async function sealedPerSecond(laptop: DemoLaptop, count: number, rounds: number): Promise<number> {
  const citizen = await laptop.as('citizenBinh');
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    await Promise.all(Array.from({ length: count }, () => citizen.post('/api/petitions', BODY)));
    await laptop.settled();
    rates.push(count / ((performance.now() - from) / 1000));
  }
  return median(rates);
}
