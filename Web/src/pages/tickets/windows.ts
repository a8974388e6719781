/** How long access is asked for. */
export const presets = ['hour', 'today', 'week', 'minutes'] as const;
export type Preset = (typeof presets)[number];

/** The length of a window in seconds; "today" ends at the person's midnight, and is never shorter than a quarter of an hour. */
export function windowSeconds(preset: Preset, minutes: number, start: Date): number {
  switch (preset) {
    case 'hour': return 3_600;
    case 'week': return 7 * 86_400;
    case 'minutes': return Math.max(60, Math.round((Number.isFinite(minutes) ? minutes : 30) * 60));
    case 'today': {
      const midnight = new Date(start.getFullYear(), start.getMonth(), start.getDate() + 1);
      return Math.max(900, Math.round((midnight.getTime() - start.getTime()) / 1000));
    }
  }
}

/** The lengths to which an approver may shorten what was asked, longest last. */
export function narrowings(asked: number): number[] {
  const steps = [300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400, 172_800, 259_200, 432_000, 604_800];
  return [...steps.filter((step) => step < asked), asked];
}
