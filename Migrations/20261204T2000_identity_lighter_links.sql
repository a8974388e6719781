-- A run joins everybody with everybody, so nobody has ever been found by these; each newcomer had to be put into both.
drop index identity_links_directory_ix;
drop index identity_links_manager_ix;
