-- How long an episode is meant to be, where a producer said so on the page.
CREATE TABLE episode_target (
    project_type TEXT NOT NULL,
    episode_title TEXT NOT NULL,
    frames BIGINT NOT NULL CHECK (frames > 0),
    PRIMARY KEY (project_type, episode_title)
);
