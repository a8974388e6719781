/** Colours as three numbers from 0 to 255. */
export type Color = [number, number, number];

export function parseColor(text: string): Color | null {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
  return found ? [parseInt(found[1]!, 16), parseInt(found[2]!, 16), parseInt(found[3]!, 16)] : null;
}

export const colorText = (color: Color): string => `#${color.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

/** So much of the other colour: 0 is the first, 1 the second. */
export const mix = (one: Color, other: Color, share: number): Color => one.map((part, index) => part + (other[index]! - part) * share) as Color;

function luminance(color: Color): number {
  const [red, green, blue] = color.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** Contrast as WCAG 2.2 counts it, from 1 to 21. */
export function contrast(one: Color, other: Color): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high! + 0.05) / (low! + 0.05);
}

const white: Color = [255, 255, 255];
const darkSurface: Color = [28, 35, 45];

/** The accents of the style sheet in the company's colour: readable in both themes, whatever the colour is. */
export function accents(color: Color, dark: boolean): Record<string, string> {
  let accent = color;
  const soft = dark ? mix(color, [21, 26, 33], 0.72) : mix(color, white, 0.9);
  const isReadable = () => contrast(accent, soft) >= 4.5 && (!dark || contrast(accent, darkSurface) >= 4.5);
  for (let step = 0; step < 20 && !isReadable(); step += 1) accent = mix(accent, dark ? white : [0, 0, 0], 0.08);
  return {
    '--accent': colorText(accent), '--accent-hover': colorText(mix(accent, dark ? white : [0, 0, 0], 0.16)), '--accent-soft': colorText(soft),
    '--on-accent': dark ? '#08152b' : '#fff', '--focus': colorText(accent),
  };
}
