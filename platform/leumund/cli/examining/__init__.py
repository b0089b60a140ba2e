"""What ``leumund doctor`` looks at, one by one."""
