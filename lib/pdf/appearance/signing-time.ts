/** `dd-MM-yyyy HH:mm:ss +07:00`, as Decree 30/2020, annex I, shows the time of signing. `instant` is epoch ms. */
export function shownSigningTime(instant: number): string {
  const local = new Date(instant + 7 * 3_600_000).toISOString();
  const [year, month, day] = local.slice(0, 10).split('-');
  return `${day}-${month}-${year} ${local.slice(11, 19)} +07:00`;
}
