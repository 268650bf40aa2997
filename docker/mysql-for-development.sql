-- For who develops: one user who may do everything, since tests and trials make databases of their own.
-- Run once in the container, at every start without one. The anonymous user of MariaDB would come before saga@'%' at localhost.
drop user if exists ''@'localhost';
create user if not exists 'saga'@'%' identified by 'saga';
grant all privileges on *.* to 'saga'@'%' with grant option;
