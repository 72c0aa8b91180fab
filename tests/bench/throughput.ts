import type { DemoLaptop } from '../../cli/demo/laptop.ts';
import { HOANG_GIANG } from '../../cli/demo/people.ts';

/**
 * Sealed documents a second, end to end: `count` petitions are sent at once, and the clock stops when each has its sealed
 * receipt in storage and its mail has left.
 */
export async function sealedPerSecond(laptop: DemoLaptop, count: number): Promise<number> {
  const citizen = await laptop.as('citizenBinh');
  const body = {
    kind: 'feedback',
    unit: HOANG_GIANG,
    subject: 'Đo thông lượng',
    text: 'Đo thông lượng.',
    attachments: [],
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: count }, () => citizen.post('/api/petitions', body)));
  await laptop.settled();
  return count / ((performance.now() - from) / 1000);
}
