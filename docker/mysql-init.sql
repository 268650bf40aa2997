-- A user for each service, who may do everything in the service's own database and nothing elsewhere. Passwords are those of a
-- demonstration. Run once in the container, while its data folder is made; in a name, _ alone would stand for any letter.
create user if not exists 'order'@'%' identified by 'order';
grant all privileges on `saga\_order`.* to 'order'@'%';
create user if not exists 'user'@'%' identified by 'user';
grant all privileges on `saga\_user`.* to 'user'@'%';
create user if not exists 'kitchen'@'%' identified by 'kitchen';
grant all privileges on `saga\_kitchen`.* to 'kitchen'@'%';
create user if not exists 'payment'@'%' identified by 'payment';
grant all privileges on `saga\_payment`.* to 'payment'@'%';
