// A fleet of a made-up product as /api/v1/fleets tells it, and numbers for it: whatever the page asks for, the answer has
// two values of the label.

const label = (by, more = {}) => ({ show: 'breakdown', section: null, title: null, note: null, metric: 'myapp_info', by,
  plain: null, sums: null, order: 'sources', bar: 'sources', names: {}, bytes: [], ...more });
export const panel = (show, more = {}) => ({ show, section: null, title: null, note: null, ...more });
export { label };

const figure = (name, unit) => ({ name, unit, metric: `myapp_${name}`, counts: 'sum', total: `total_${name}`,
  average: `avg_${name}_per_installation`, peak: `peak_${name}` });

export function fleetOf(more = {}) {
  return {
    name: 'myapp',
    title: 'My <App>',
    about: 'A server that keeps apps.',
    links: { home: 'https://myapp.example/', source: null, privacy: null, opt_out: 'https://myapp.example/off' },
    counted: { metric: 'myapp_info', name: 'installations', one: 'installation', unit: 'active installations' },
    reports: { format: 'prometheus', path: '/in/myapp', id_header: 'X-Install-ID', example_id: 'my-installation',
      example: 'myapp_info{version="2.4"} 1\n' },
    descriptions: { figures: {}, breakdowns: { versions: { description: 'Which version runs.', known_names: [] } },
      metrics: {
        myapp_info: { description: 'That it is there.', labels: { version: 'Its version.', database: 'Its database.' } },
        myapp_users: { description: 'Accounts.', labels: {} },
        myapp_done_jobs: { description: 'Jobs.', labels: {} },
        myapp_disks: { description: 'Disks.', labels: {} },
      } },
    page: [panel('figures'), panel('trend'), label('version', { title: 'Versions' }), panel('other')],
    generated_at: '2026-03-10T12:00:00Z',
    first_month: '2026-01',
    last_month: '2026-03',
    figures: [{ name: 'installations', unit: 'active installations', metric: 'myapp_info', counts: 'sources' },
      figure('users', 'users')],
    breakdowns: [{ name: 'versions', metric: 'myapp_info', label: 'version' }],
    metrics: [{ name: 'myapp_info', sources: 3, labels: ['version', 'database'] }],
    ...more,
  };
}

export const moreFigures = [figure('done_jobs', 'jobs that are done'), figure('disks', 'disks')];

function overviewOf(fleet) {
  const figures = {};
  fleet.figures.forEach(({ name, total, average, peak }, i) => {
    for (const one of total ? [total, average, peak] : [name]) {
      figures[one] = { value: 10 * i + 3, before: 10 * i + 2, change: 1, percent: 50 };
    }
  });
  const period = { label: '', start: '2026-02-09', end: '2026-03-10', before: 'before', before_start: '2026-01-10',
    before_end: '2026-02-08', compared: 'whole', months: 1, known_months: 1, before_known_months: 1, figures, new: 1,
    returned: 0, gone: 0 };
  return { fleet: fleet.name, month: '2026-03', final: false, generated_at: fleet.generated_at,
    periods: { '30d': period, month: period, quarter: period, year: period } };
}

const VALUES = [['linux (old)', 2, 5], ['b "quoted"', 1, 2]];

function trendOf(fleet, query) {
  const steps = query.get('step') === 'month' ? ['2026-01', '2026-02', '2026-03'] : ['2026-03-08', '2026-03-09', '2026-03-10'];
  const of = (value) => steps.map(() => value);
  return { fleet: fleet.name, metric: query.get('metric'), steps, final: [true, true, false], sources: of(3), sums: of(7),
    peaks: of(7), ...(query.has('by') ? { other: null, values: VALUES.map(([value, sources, sum]) => ({ value,
      sources: of(sources), nonzero: of(sources), sums: of(sum) })) } : {}) };
}

// Has the page told of these fleets beside those that the server has. What is asked about them is in the list that is
// returned.
export async function tellOf(page, fleets) {
  const asked = [];
  const byName = new Map(fleets.map((fleet) => [fleet.name, fleet]));
  await page.route('**/api/v1/**', async (route) => {
    const { pathname, searchParams: query } = new URL(route.request().url());
    const name = pathname.slice(pathname.lastIndexOf('/') + 1);
    if (name === 'fleets') {
      const json = await (await route.fetch()).json();
      await route.fulfill({ json: { ...json, fleets: [...json.fleets, ...fleets] } });
      return;
    }
    const fleet = byName.get(query.get('fleet'));
    if (!fleet) {
      await route.continue();
      return;
    }
    asked.push(`${name} ${query.get('metric') ?? ''} ${query.get('by') ?? ''}`.trim());
    await route.fulfill({ json: name === 'overview' ? overviewOf(fleet) : name === 'trend' ? trendOf(fleet, query)
      : name === 'distribution' ? { fleet: fleet.name, sources: null, peak: null, latest: null }
      : { fleet: fleet.name, sources: 3, sum: 7, peak: 7, other: null, values: VALUES.map(([value, sources, sum]) => ({
        value, sources, nonzero: sources, sum })) } });
  });
  return asked;
}
