/** In which hours of the week a host is active: a table, so that it can be read as one. */
import './chart.css';
import { activityLevel, activityWords, weekGrid } from './hour-of-week.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

interface Props {
  /** 168 shares, UTC, Monday 00:00 first; null: not watched. */
  readonly activity: readonly (number | null)[];
  readonly now?: Date;
}

export function HeatMap({ activity, now = new Date() }: Props) {
  const { rows, zone } = weekGrid(activity, -now.getTimezoneOffset());
  return (
    <figure class="heat-map">
      <table>
        <caption>
          {activityWords(activity)} Hours in {zone}.
        </caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">Day</span>
            </th>
            {HOURS.map((hour) => (
              <th key={hour} scope="col">
                <span class={hour % 6 === 0 ? undefined : 'visually-hidden'}>
                  {String(hour).padStart(2, '0')}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, day) => (
            <tr key={DAYS[day]}>
              <th scope="row">{DAYS[day]}</th>
              {row.map((share, hour) => (
                <Cell key={`${day}-${HOURS[hour]}`} share={share} title={`${DAYS[day]} ${hour}:00`} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Scale />
    </figure>
  );
}

function Cell({ share, title }: { share: number | null; title: string }) {
  const words = share === null ? 'not watched' : `${Math.round(share * 100)} %`;
  return (
    <td data-level={activityLevel(share) ?? 'none'} title={`${title}: ${words}`}>
      <span class="visually-hidden">{words}</span>
    </td>
  );
}

function Scale() {
  return (
    <ul class="heat-scale" aria-hidden="true">
      <li data-level="none">not watched</li>
      <li data-level="0">silent</li>
      <li data-level="1">some weeks</li>
      <li data-level="2" />
      <li data-level="3" />
      <li data-level="4">every week</li>
    </ul>
  );
}
