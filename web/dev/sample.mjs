// Entries that look like a production: the same on every start.
const animators = ['Ana Duarte', 'Ben Okafor', 'Chiyo Tanaka', 'Dario Rossi'];
const episodes = ['Ep 101 Lighthouse', 'Ep 102 Paper Moon', 'Ep 103 The Long Way'];
const states = ['todo', 'wip', 'wip', 'review', 'retake', 'done', 'done', 'omit'];
const weeks = ['20260105', '20260112', '20260119', '20260126', '20260202', '20260209'];
const notes = ['', '', 'Hold the pose 4 frames longer', 'Lip sync\nfrom second take', 'waiting for BG'];

function mediaOf(i) {
  if (i % 9 === 4) return null;
  const frames = 40 + ((i * 37) % 160);
  return {
    frames,
    fps: i % 11 === 0 ? '24000/1001' : '24/1',
    duration_seconds: Math.round((frames / 24) * 1e6) / 1e6,
    missing_frames: i % 13 === 5 ? [[1007, 1007], [1010, 1014]] : [],
    problem: i % 17 === 8 ? 'The file is cut: 26 of 48 frames are there.' : null,
    path: `ep10${(i % 3) + 1}/sc${String(1 + (i % 5)).padStart(2, '0')}/shot_v00${1 + (i % 3)}.mp4`,
    version: `v00${1 + (i % 3)}`,
    measured_at: '2026-01-09T10:30:00Z',
  };
}

export function sampleEntries(count) {
  return Array.from({ length: count }, (_, i) => ({
    animator: animators[i % 4],
    project_type: i % 5 === 0 ? 'Feature' : 'Series',
    episode_title: episodes[Math.floor(i / 20) % 3],
    scene: String(1 + (Math.floor(i / 4) % 5)).padStart(2, '0'),
    shot: String(10 * (1 + i)).padStart(4, '0'),
    week_yyyymmdd: weeks[Math.floor(i / 10) % 6],
    status: states[(i * 5) % 8],
    notes: notes[i % 5] || null,
    created_at: '2026-01-05T09:00:00Z',
    updated_at: '2026-01-09T10:30:00Z',
    media: mediaOf(i),
  }));
}
