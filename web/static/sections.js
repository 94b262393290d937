// Which labels have a place of their own on the page, and what is said of them. A panel is shown where
// the fleet reports its metric and label; labels that no row names are in "Other labels".

// `sums`: what the values of the metric add up to, where that is worth a column. `order`: "value"
// for labels whose values have an order of their own.
export const VERSIONS = [
  { metric: 'cozy_cluster_info', label: 'cozystack_version', title: 'Cozystack versions',
    note: 'Clusters by the version they ran last in the period; in the chart, in each month. Nodes: each cluster’s most ' +
      'at once in the period, all counted for the version it ran last.' },
  { metric: 'cozy_cluster_info', label: 'kubernetes_version', title: 'Kubernetes versions',
    note: 'Clusters by the Kubernetes version they ran last in the period; in the chart, in each month. Nodes: each ' +
      'cluster’s most at once in the period, all counted for the version it ran last.' },
];

export const BREAKDOWNS = [
  { metric: 'cozy_pvs_count', label: 'driver', title: 'Storage drivers', sums: 'Volumes',
    note: 'Clusters with the driver in their latest report; volumes: each cluster’s most in the period, summed.' },
  { metric: 'cozy_nodes_count', label: 'os', title: 'Operating systems', plain: /^linux \((.+)\)$/, sums: 'Nodes',
    note: 'Clusters that had a node of it in their latest report of the period; one with several counts in each. ' +
      'Nodes: each cluster’s most with it at once, summed; a node that changed to another counts in both.' },
  { metric: 'cozy_nodes_count', label: 'kernel', title: 'Kernels', sums: 'Nodes',
    note: 'Clusters that had a node on it in their latest report of the period; one with several counts in each. ' +
      'Nodes: each cluster’s most on it at once, summed; a node that changed to another counts in both.' },
  { metric: 'cozy_pvs_count', label: 'size', title: 'Volume sizes', sums: 'Volumes', order: 'value', bar: 'sum',
    note: 'Persistent volumes by size: each cluster’s most in the period, summed.' },
  { metric: 'cozy_package_info', label: 'name', title: 'Packages', plain: /^cozystack\.(.+)$/,
    note: 'Clusters with the package in their latest report of the period.' },
];

export const CAPACITY = { metric: 'cozy_cluster_capacity', label: 'resource', title: 'Capacity',
  note: 'What the nodes offer: each cluster’s most in the period, summed over the clusters that say it.' };

// How a resource is called and written.
export const RESOURCES = new Map([
  ['cpu', { name: 'Processor cores' }],
  ['memory', { name: 'Memory', bytes: true }],
  ['ephemeral-storage', { name: 'Ephemeral storage', bytes: true }],
  ['pods', { name: 'Pods' }],
]);

export const BREAKDOWN_TITLES = new Map([['apps', 'Applications']]);

const PLACED = new Set([...VERSIONS, ...BREAKDOWNS, CAPACITY].map(({ metric, label }) => `${metric}:${label}`));

export function hasLabel(fleet, { metric, label }) {
  return fleet.metrics.some((one) => one.name === metric && one.labels.includes(label));
}

// "metric:label", or "metric:" for a metric as a whole, of all that has no place of its own.
export function otherLabels(fleet) {
  const breakdowns = new Set(fleet.breakdowns.map(({ metric, label }) => `${metric}:${label}`));
  const figures = new Set(fleet.figures.map(({ metric }) => metric));
  return fleet.metrics.flatMap(({ name, labels }) => {
    const all = labels.map((label) => `${name}:${label}`);
    if (labels.length === 0 && !figures.has(name)) {
      all.push(`${name}:`);
    }
    return all.filter((one) => !PLACED.has(one) && !breakdowns.has(one));
  });
}
