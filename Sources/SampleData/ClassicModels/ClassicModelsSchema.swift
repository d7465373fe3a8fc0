// The tables, with the columns and types of the MySQL sample database, and the ratings.

enum ClassicModelsSchema {
  static let tables = """
    create table productlines (
      productLine varchar(50) not null primary key, textDescription varchar(4000),
      htmlDescription mediumtext, image mediumblob);
    create table products (
      productCode varchar(15) not null primary key, productName varchar(70) not null,
      productLine varchar(50) not null references productlines (productLine),
      productScale varchar(10) not null, productVendor varchar(50) not null,
      productDescription text not null, quantityInStock smallint not null,
      buyPrice decimal(10,2) not null, MSRP decimal(10,2) not null);
    create table offices (
      officeCode varchar(10) not null primary key, city varchar(50) not null,
      phone varchar(50) not null, addressLine1 varchar(50) not null, addressLine2 varchar(50),
      state varchar(50), country varchar(50) not null, postalCode varchar(15) not null,
      territory varchar(10) not null);
    create table employees (
      employeeNumber int not null primary key, lastName varchar(50) not null,
      firstName varchar(50) not null, extension varchar(10) not null, email varchar(100) not null,
      officeCode varchar(10) not null references offices (officeCode),
      reportsTo int references employees (employeeNumber), jobTitle varchar(50) not null);
    create table customers (
      customerNumber int not null primary key, customerName varchar(50) not null,
      contactLastName varchar(50) not null, contactFirstName varchar(50) not null,
      phone varchar(50) not null, addressLine1 varchar(50) not null, addressLine2 varchar(50),
      city varchar(50) not null, state varchar(50), postalCode varchar(15),
      country varchar(50) not null,
      salesRepEmployeeNumber int references employees (employeeNumber),
      creditLimit decimal(10,2));
    create table orders (
      orderNumber int not null primary key, orderDate date not null, requiredDate date not null,
      shippedDate date, status varchar(15) not null, comments text,
      customerNumber int not null references customers (customerNumber));
    create table orderdetails (
      orderNumber int not null references orders (orderNumber),
      productCode varchar(15) not null references products (productCode),
      quantityOrdered int not null, priceEach decimal(10,2) not null,
      orderLineNumber smallint not null, primary key (orderNumber, productCode));
    create table payments (
      customerNumber int not null references customers (customerNumber),
      checkNumber varchar(50) not null, paymentDate date not null, amount decimal(10,2) not null,
      primary key (customerNumber, checkNumber));
    create table ratings (
      customerNumber int not null references customers (customerNumber),
      productCode varchar(15) not null references products (productCode),
      productRating smallint not null, primary key (customerNumber, productCode));
    """
}
