import { decimalOf, decimalText } from './decimal-text.js';
import { NumberCoder } from './number-coder.js';
import { type BitCoder, Contexts } from './range-coder.js';
import { RecentCoder } from './recent-coder.js';
import { codeText } from './text-coder.js';

/** From what a number is foretold: nothing, the one before it, or the line through the two before it. */
export const FORECASTS = ['none', 'last', 'line'] as const;
export type Forecast = (typeof FORECASTS)[number];

/** The values of a series: plain decimal numbers by how they differ from a forecast, all else as texts, new or met before. */
export class ValueCoder {
  readonly #forecast: Forecast;
  /** Whether it is a number, after one and after a text. */
  readonly #kinds = new Contexts(2);
  readonly #differences = new NumberCoder(2);
  readonly #places = new NumberCoder();
  readonly #texts = new RecentCoder<string>(codeText(), '');
  #wasText = 0;
  #lastPlaces = 0;
  /** Whether the last number was as foretold. */
  #situation = 0;
  #last = 0;
  #beforeLast = 0;

  constructor(forecast: Forecast) {
    this.#forecast = forecast;
  }

  next(coder: BitCoder, value: string): string {
    const decimal = decimalOf(value);
    this.#wasText = coder.bit(this.#kinds, this.#wasText, decimal === undefined ? 1 : 0);
    if (this.#wasText === 1) return this.#texts.next(coder, value);
    const places = this.#lastPlaces + this.#places.signed(coder, (decimal?.places ?? 0) - this.#lastPlaces);
    if (places !== this.#lastPlaces) this.#rescale(places - this.#lastPlaces);
    this.#lastPlaces = places;
    const foretold = forecastOf(this.#forecast, this.#last, this.#beforeLast);
    const difference = this.#differences.signed(coder, (decimal?.mantissa ?? 0) - foretold, this.#situation);
    const mantissa = foretold + difference;
    this.#situation = difference === 0 ? 1 : 0;
    this.#beforeLast = this.#last;
    this.#last = mantissa;
    return decimalText(mantissa, places);
  }

  /** What came before, as it would be with other places, near enough to foretell from. */
  #rescale(places: number): void {
    const scaled = (mantissa: number): number => {
      const by = Math.round(mantissa * 10 ** places);
      return Math.abs(by) < FAR ? by : 0;
    };
    this.#last = scaled(this.#last);
    this.#beforeLast = scaled(this.#beforeLast);
  }
}

/** What is foretold stays so near that differences from it are exact. */
const FAR = 2 ** 51;

function forecastOf(forecast: Forecast, last: number, beforeLast: number): number {
  if (forecast === 'none') return 0;
  const line = 2 * last - beforeLast;
  return forecast === 'last' || Math.abs(line) >= FAR ? last : line;
}

/** The forecast by which the values of a series cost least, about. */
export function bestForecast(values: readonly string[]): Forecast {
  const bits: Record<Forecast, number> = { none: 0, last: 0, line: 0 };
  let [last, beforeLast] = [0, 0];
  for (const value of values) {
    const mantissa = decimalOf(value)?.mantissa;
    if (mantissa === undefined) continue;
    for (const forecast of FORECASTS) {
      bits[forecast] += Math.log2(1 + Math.abs(mantissa - forecastOf(forecast, last, beforeLast)));
    }
    [last, beforeLast] = [mantissa, last];
  }
  return FORECASTS.reduce((best, each) => (bits[each] < bits[best] ? each : best));
}
